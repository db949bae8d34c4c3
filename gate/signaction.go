package gate

import "strings"

// mostAction bounds the identifier of a button on a check run, in bytes.
// https://docs.github.com/rest/checks/runs#create-a-check-run
const mostAction = 20

const signAction = "sign:"

// SignAction is the identifier of the button by which a sign-off is given; "" where its name is too long for one.
func SignAction(name string) string {
	if name == "" || len(signAction)+len(name) > mostAction {
		return ""
	}
	return signAction + name
}

// SignOffOf is the name of the sign-off that a button stands for.
func SignOffOf(action string) (name string, is bool) {
	name, is = strings.CutPrefix(action, signAction)
	return name, is && name != ""
}
