// Package setup shows the page on which a Nexus is set up by clicks: a GitHub App is registered, GitLab is
// connected, repositories are chosen, and a definition is drafted, vetted and saved.
//
// It shows and asks; what is done with an answer is for [Steps], and who may answer for a [Guard]. It is whole
// without a script: with one, the definition is vetted while it is written. The page that sends somebody to GitHub
// is the only one of ours whose form may go elsewhere, to the one site that was named.
//
//	h := setup.New(guard, steps, setup.Options{Version: "1.2.0", Log: log})
//	mux.Handle("/setup", h)
//	mux.Handle("/setup/", h)
//
// GitHub sends people back from another site, and browsers then keep back a cookie that is for our own pages
// alone. So the first answer to such a request is a page that asks for itself again.
//
// It refuses to know a secret: a token that is typed in is handed on, and is on no page. What a forge told is text,
// escaped like all text.
package setup
