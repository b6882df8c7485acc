"""The vendors Herald talks to, on this machine: unmodified SDKs reach them as their HTTPS proxy and by SMTP.

`client.Sandbox` starts one process (`server`) with a forward proxy that ends TLS for the vendors' hosts (`proxy`),
an SMTP sink (`infra.local.mail`) and a plain-HTTP control API (`control`). A vendor is one file in `vendors/`, found by
name. Every request is recorded (`records`), and may be made to fail (`faults`).
"""
