"""SharePoint Online: the picture library and the user profiles that point at it, as source and as target."""

from samepic.systems.sharepoint_online.connector import SharePointOnline
from samepic.systems.sharepoint_online.pulling import pull
from samepic.systems.sharepoint_online.settings import SharePointOnlineSettings

__all__ = ["SharePointOnline", "SharePointOnlineSettings", "pull"]
