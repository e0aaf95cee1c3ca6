"""One tenant of one cloud: its hosts and tokens, shared by the systems that live in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from samepic.model.budget import Budget, BudgetName
from samepic.model.system import Grant
from samepic.transport.api import JSON, Api
from samepic.transport.client import HttpClient, HttpOptions, Meter
from samepic.transport.clouds import Cloud
from samepic.transport.credentials import ClientCertificate, Credential
from samepic.transport.device_code import DeviceCodeSignIn
from samepic.transport.tokens import AppTokens, DelegatedTokens, RefreshTokens, Tokens
from samepic.transport.turns import Budgets


@dataclass(frozen=True, slots=True)
class App:
    """The app registration that Samepic runs as. `credential` does not show itself."""

    tenant_id: str
    client_id: str
    credential: Credential

    @property
    def by_certificate(self) -> bool:
        """Whether SharePoint will take its tokens."""
        return isinstance(self.credential, ClientCertificate)


class TenantConnection:
    """Makes each system's `Api`; all share connections and tokens.

    refresh_tokens: where an administrator's sign-in is kept, for what an app alone may not do. kept: the budgets that
    no call may go beyond.
    """

    def __init__(
        self,
        cloud: Cloud,
        app: App,
        *,
        options: HttpOptions | None = None,
        refresh_tokens: RefreshTokens | None = None,
        http: HttpClient | None = None,
        kept: Mapping[BudgetName, Budget] | None = None,
    ) -> None:
        self.cloud = cloud
        self.app = app
        self.http = http or HttpClient(options)
        self.budgets = Budgets(
            app.client_id,
            app.tenant_id.casefold(),
            kept or {},
            sleep=self.http.sleep,
            longest=self.http.options.patience.altogether,
        )
        self.tokens = AppTokens(self.http, cloud.authority, app.tenant_id, app.client_id, app.credential)
        self.delegated: DelegatedTokens | None = None
        if refresh_tokens is not None:
            self.delegated = DelegatedTokens(self.http, cloud.authority, app.tenant_id, app.client_id, refresh_tokens)

    def sign_in(self, origin: str) -> DeviceCodeSignIn:
        """A device code sign-in for the host whose profiles an administrator is to change.

        Asks for what the registration lists for SharePoint, nothing else, so that nobody has to consent on the way.
        """
        return DeviceCodeSignIn(
            self.http, self.cloud.authority, self.app.tenant_id, self.app.client_id, f"{origin}/.default"
        )

    def graph(self, meter: Meter, *, grants: tuple[Grant, ...], at_once: int) -> Api:
        """Graph, as the app."""
        scope = f"{self.cloud.graph_resource}/.default"
        budgets = self.budgets
        return Api(
            self.http, meter, self.cloud.graph, scope, self.tokens, grants=grants, at_once=at_once, budgets=budgets
        )

    def sharepoint(
        self, meter: Meter, origin: str, *, grants: tuple[Grant, ...], at_once: int, tokens: Tokens | None = None
    ) -> Api:
        """One SharePoint host, as the app unless told otherwise; answers without OData's decorations."""
        return Api(
            self.http,
            meter,
            origin,
            f"{origin}/.default",
            tokens or self.tokens,
            grants=grants,
            at_once=at_once,
            accept=f"{JSON};odata=nometadata",
            budgets=self.budgets,
        )
