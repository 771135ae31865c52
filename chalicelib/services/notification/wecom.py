"""Application messages of WeCom (企业微信): a text card with a link, to one member.

Official interface: `GET /cgi-bin/gettoken?corpid=&corpsecret=` gives `access_token` for `expires_in` seconds;
`POST /cgi-bin/message/send?access_token=` takes touser, msgtype, agentid and the card. Both answer `errcode` (0: done)
and `errmsg`; `invaliduser` names a member who is unknown or outside the application's visible range.
https://developer.work.weixin.qq.com/document/path/90236
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from chalicelib.services.notification.channels import ChannelRefusedError, Outgoing, Receipt
from chalicelib.services.notification.gateway_http import post_json

BASE_URL = "https://qyapi.weixin.qq.com"
_TOKEN_ERRORS = {40014, 41001, 42001}
_UNKNOWN_MEMBER = {40003, 60111, 81013}
_RENEW_BEFORE = timedelta(minutes=5)


class WeComGateway:
    """One application of one enterprise. secret: the application's, read when the first message leaves."""

    def __init__(
        self,
        corp_id: str,
        agent_id: int,
        secret: Callable[[], str],
        clock: Callable[[], datetime],
        base_url: str = BASE_URL,
    ) -> None:
        self._corp_id, self._agent_id, self._secret = corp_id, agent_id, secret
        self._clock, self._base_url = clock, base_url
        self._token, self._ends_at = "", datetime.min.replace(tzinfo=UTC)

    def send(self, message: Outgoing) -> Receipt:
        """WeCom says that it took the message, not that it was read: never `is_delivered`."""
        answer = self._send(message, self._access_token())
        if answer.get("errcode") in _TOKEN_ERRORS:
            self._token = ""
            answer = self._send(message, self._access_token())
        code = answer.get("errcode")
        if code in _UNKNOWN_MEMBER or answer.get("invaliduser"):
            raise ChannelRefusedError(reason="unknown_member", is_final=True)
        if code != 0:
            raise ChannelRefusedError(reason=f"wecom_{code}", is_final=False)
        return Receipt(False, str(answer.get("msgid", "")))

    def _send(self, message: Outgoing, token: str) -> dict[str, object]:
        card = {"title": "综合监管一件事", "description": message.text, "url": message.link, "btntxt": "查看"}
        values = {
            "touser": message.address,
            "msgtype": "textcard",
            "agentid": self._agent_id,
            "textcard": card,
            "enable_duplicate_check": 1,
            "duplicate_check_interval": 1800,
        }
        body = json.dumps(values, ensure_ascii=False).encode()
        return post_json(f"{self._base_url}/cgi-bin/message/send?{urlencode({'access_token': token})}", body, {})

    def _access_token(self) -> str:
        now = self._clock()
        if not self._token or now >= self._ends_at:
            query = urlencode({"corpid": self._corp_id, "corpsecret": self._secret()})
            answer = post_json(f"{self._base_url}/cgi-bin/gettoken?{query}", b"", {}, method="GET")
            if answer.get("errcode") != 0 or not answer.get("access_token"):
                raise ChannelRefusedError(reason=f"wecom_{answer.get('errcode')}", is_final=False)
            self._token = str(answer["access_token"])
            self._ends_at = now + timedelta(seconds=int(str(answer.get("expires_in", 7200)))) - _RENEW_BEFORE
        return self._token
