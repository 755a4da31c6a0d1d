"""The routes that clients rely on, as the contract lists them: method, path and role; `{}` is any name."""

ROUTES = """
GET    /healthz                                        public
GET    /readyz                                         public
GET    /metrics                                        viewer
GET    /openapi.json                                   viewer
GET    /docs                                           viewer
GET    /auth/me                                        viewer
GET    /queue                                          viewer
GET    /agents                                         viewer
GET    /connectors                                     viewer
POST   /jobs                                           operator
GET    /jobs                                           viewer
GET    /jobs/{}                                        viewer
PUT    /jobs/{}                                        operator
DELETE /jobs/{}                                        admin
PUT    /jobs/{}/enable                                 operator
PUT    /jobs/{}/disable                                operator
POST   /jobs/{}/run                                    operator
GET    /jobs/{}/runs                                   viewer
GET    /jobs/{}/versions                               viewer
POST   /jobs/{}/rollback/{}                            admin
GET    /jobs/{}/memory                                 viewer
DELETE /jobs/{}/memory                                 operator
GET    /jobs/{}/decisions                              viewer
GET    /jobs/{}/explain                                viewer
GET    /jobs/{}/forecast                               viewer
POST   /jobs/preview                                   viewer
GET    /jobs/export                                    viewer
POST   /jobs/import                                    operator
GET    /runs                                           viewer
GET    /runs/{}                                        viewer
GET    /runs/{}/events                                 viewer
GET    /runs/{}/logs                                   viewer
POST   /runs/{}/cancel                                 operator
POST   /runs/{}/retry                                  operator
POST   /runs/bulk                                      operator
GET    /events                                         viewer
GET    /approvals                                      viewer
GET    /approvals/{}                                   viewer
POST   /approvals/{}/approve                           operator
POST   /approvals/{}/reject                            operator
GET    /integrations/accounts                          viewer
GET    /integrations/accounts/{}/{}                    viewer
PUT    /integrations/accounts/{}/{}                    admin
DELETE /integrations/accounts/{}/{}                    admin
POST   /integrations/accounts/{}/{}/test               admin
GET    /integrations/mcp/servers                       viewer
GET    /integrations/mcp/servers/{}                    viewer
PUT    /integrations/mcp/servers/{}                    admin
DELETE /integrations/mcp/servers/{}                    admin
POST   /integrations/mcp/servers/{}/test               admin
GET    /integrations/catalog                           viewer
POST   /integrations/catalog/bootstrap                 admin
GET    /audit/logs                                     admin
GET    /notifications/rules                            admin
GET    /notifications/deliveries                       admin
POST   /notifications/rules/{}/test                    admin
GET    /grants                                         admin
GET    /connector/telegram/accounts                    viewer
GET    /connector/telegram/accounts/{}                 viewer
PUT    /connector/telegram/accounts/{}                 admin
DELETE /connector/telegram/accounts/{}                 admin
POST   /connector/telegram/accounts/{}/test            admin
POST   /jobs/{}/pause                                  operator
POST   /jobs/{}/resume                                 operator
GET    /flow-groups                                    viewer
GET    /flow-groups/{}                                 viewer
PUT    /flow-groups/{}                                 operator
POST   /flow-groups/{}/pause                           operator
POST   /flow-groups/{}/resume                          operator
POST   /queue/pause                                    operator
POST   /queue/resume                                   operator
POST   /agents/{}/drain                                operator
POST   /planner/plan                                   operator
POST   /planner/plan-ai                                operator
POST   /planner/execute                                operator
GET    /automation/agent-workflows                     viewer
POST   /automation/agent-workflow                      operator
GET    /agents/memory                                  viewer
DELETE /agents/memory/{}                               admin
GET    /people                                         admin
GET    /tokens                                         admin
"""


def routes(text: str) -> set[tuple[str, str, str]]:
    """Return the lines of one of the tables."""
    rows = (line.split() for line in text.strip().splitlines())
    return {(method, path, role) for method, path, role in rows}
