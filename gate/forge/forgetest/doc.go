// Package forgetest is a stateful stand-in for each forge: repositories with real Git object ids,
// branches, changes, merge queues, runs of workflows and pipelines; the part of the API that
// nexusgate uses, with authentication, validation and paging; and webhooks in the shapes the forges
// send, signed, delivered over HTTP and kept in a log; the tokens by which their jobs say who they are, and
// the issuer that signs them. Tests and "nexusgate demo" run against it.
//
// It refuses to know nexusgate: it imports nothing of ours, so that it says what a forge does and
// not what we would like one to do. Two traps are built in on purpose. Checks that are posted come
// back as webhooks. And on GitLab a posted status is a job of the very pipeline it is about, so that
// a gate which judged by a pipeline's own status would wait for itself for ever.
//
// In the Nexus Guide's terms it is the place where the Scrum Teams of a Nexus keep their work.
//
//	hub, err := forgetest.NewGitHub(forgetest.Options{Now: now})
//	server := httptest.NewServer(hub)
//	hub.ServedAt(server.URL)
//	hub.Hook("http://127.0.0.1:8080/webhook/github", "secret")
//	cart := hub.AddRepo("acme/cart-api")
//	cart.Commit("guest", "Guest carts", map[string]string{"cart.go": "package cart"})
//	pull := cart.OpenChange("guest", "main", "Guest carts", "ana") // → pull_request opened
//	run := cart.Run(forgetest.Workflow{Name: "ci", Path: ".github/workflows/ci.yml"}, cart.Head("guest"))
//	run.Start()                                                    // → workflow_run in_progress, …
//	token := run.Token("https://done.example.com", nil)            // by which a job says who it is
//	run.Finish("success")                                          // → workflow_run completed, …
//	hub.DropAnswer("create_check_run", 1)                          // a fault: done, and not told
//	hub.Lose("check_run", 2)                                       // webhooks that fail on their way
//	cart.PushAll("all", files, "main", "a", "b", "c")              // a push of which no webhook tells
//
// Every method that moves a forge delivers its webhooks before it returns. Every call that the API
// serves delivers them after it has answered.
package forgetest
