"""The HTTP API, version 1: JSON in and out below `/api/v1`, problem documents (RFC 9457) for errors.

Every route is declared with `route(…)` like a page, and says besides what goes in and out: from that the description
(OpenAPI 3.1, `/api/v1/openapi.json`) and the reference page are made, and a test compares real answers with it.

    class SealBody(Body):                       # shapes.py: Body, Query, ListQuery, Shown, Listed[…]
        reason: str = Field(max_length=200, description="why it is sealed")

    @route(blueprint, f"{PREFIX}/things/{{thing_id}}/seal", methods=("POST",), permission=Permission.THING_SEAL,
           resource=("thing", "thing_id"), body=SealBody, answers=Thing, sample_body={"reason": "example"})
    def seal(request: WebRequest, thing_id: str) -> Answer:
        \"\"\"First sentence: the summary in the reference. The rest: its description.\"\"\"
        body = request.model(SealBody)
        thing = seal_thing(request.store, request.tenant, request.act(), thing_id=thing_id, **body.model_dump())
        return json_answer(thing, etag=thing.version)

- `answers=Model` is the shape of a 200; `answers={201: Model}`, `{202: JobAnswer}`, `{204: None}`,
  `{200: Media("text/csv")}` for others. Problem documents and their statuses are added by the description itself.
- Lists: `query=ListQuery` (or a subclass with filters), `answers=Listed[Thing]`, `listed(request, things, next)`.
- A record (pydantic) may be the answer; where the handler shows less, declare a `Shown` model beside the route.
- `Idempotency-Key`, `If-Match`, `If-None-Match`, limits and sizes are handled around the handler (`serving.py`).
  `match=Match.REQUIRED` makes `If-Match` obligatory (a call that overwrites a record somebody read before).
"""

PREFIX = "/api/v1"
