"""SharePoint and OneDrive: profiles, the picture library, userphoto.aspx and the native pull."""
