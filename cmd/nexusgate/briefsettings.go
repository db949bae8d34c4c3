package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/courier"
)

// briefFlags say which server mail is given to.
type briefFlags struct {
	SMTPServer   string `name:"smtp-server" placeholder:"HOST:PORT" help:"The server that briefs are given to as mail, such as smtp.example.com:587."`
	SMTPFrom     string `name:"smtp-from" placeholder:"ADDRESS" help:"Who they are from, such as nexusgate@example.com."`
	SMTPSecurity string `name:"smtp-security" default:"starttls" placeholder:"WAY" help:"How the way there is kept from others: starttls, tls from the first byte, or none to a server on this machine."`
	SMTPUser     string `name:"smtp-user" placeholder:"NAME" help:"Who nexusgate is to that server. The password is a variable."`
}

// briefVariables are the settings that have no flag.
var briefVariables = [...][2]string{
	{"NEXUSGATE_SLACK_NAME", "The address of the webhook of the room that a definition calls slack:name, as Slack gave it."},
	{"NEXUSGATE_CLOUDEVENTS_NAME", "The address of the bus that a definition calls cloudevents:name."},
	{"NEXUSGATE_CLOUDEVENTS_NAME_TOKEN", "What is shown there as Authorization: Bearer, where it wants to know who comes."},
	{"NEXUSGATE_SMTP_PASSWORD", "The password of --smtp-user."},
}

// briefSettings say where briefs are brought. What is secret is read each time, so that it can change.
type briefSettings struct {
	mail   courier.Server // without its password
	getenv func(string) string
}

func (f briefFlags) settings(getenv func(string) string) (briefSettings, error) {
	s := briefSettings{getenv: getenv, mail: courier.Server{Address: f.SMTPServer, Security: courier.Security(f.SMTPSecurity), User: f.SMTPUser, From: f.SMTPFrom}}
	if ways := []courier.Security{courier.StartTLS, courier.TLS, courier.Plain}; !slices.Contains(ways, s.mail.Security) {
		return s, fmt.Errorf("--smtp-security %s: there is no such way to a server of mail; give starttls, tls or none", f.SMTPSecurity)
	}
	if f.SMTPServer == "" {
		if f.SMTPUser+f.SMTPFrom != "" {
			return s, errors.New("mail is configured in part: give --smtp-server too, or none of its settings")
		}
		return s, nil
	}
	server, err := s.mailServer()
	if err != nil {
		return s, err
	}
	return s, server.Check()
}

// mailServer is the server of mail with its password.
func (s briefSettings) mailServer() (server courier.Server, err error) {
	if s.mail.Address == "" {
		return server, missing("--smtp-server is not given, so that nobody takes mail")
	}
	server = s.mail
	server.Password, err = s.maybe("NEXUSGATE_SMTP_PASSWORD")
	return server, err
}

// missing is what somebody has to set first.
func missing(why string) error { return &courier.Later{Wait: longestBackoff, Why: why} }

// maybe is a setting, or what is in its file; "" where there is none. Its error tells the variable alone.
func (s briefSettings) maybe(variable string) (string, error) {
	if s.getenv == nil {
		return "", nil
	}
	value, err := secretOf(s.getenv, variable)
	if err != nil {
		return "", missing(variable + "_FILE names a file that cannot be read")
	}
	return strings.TrimSpace(value), nil
}

// secret is a setting that has to be there.
func (s briefSettings) secret(variable string) (string, error) {
	value, err := s.maybe(variable)
	if err == nil && value == "" {
		err = missing(variable + " is not set")
	}
	return value, err
}

func slackVariable(room string) string { return "NEXUSGATE_SLACK_" + variableName(room) }

func cloudEventsVariable(bus string) string { return "NEXUSGATE_CLOUDEVENTS_" + variableName(bus) }

func variableName(name string) string { return strings.ToUpper(strings.ReplaceAll(name, "-", "_")) }

// lacks says what has to be set before anything can be brought to an address; "" for nothing. It does not look whether
// anybody is there.
func (s briefSettings) lacks(to definition.Address, clients map[gate.Forge]client) string {
	var err error
	switch to.By {
	case definition.BySlack:
		err = s.postable(slackVariable(to.Name))
	case definition.ByCloudEvents:
		err = s.postable(cloudEventsVariable(to.Name))
	case definition.ByMail:
		_, err = s.mailServer()
	case definition.ByIssue:
		if on, _ := to.Repo(); clients[gate.Forge(on)] == nil {
			return on + " is not configured"
		}
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

func (s briefSettings) postable(variable string) error {
	address, err := s.secret(variable)
	if err != nil {
		return err
	}
	if err := courier.CheckAddress(address); err != nil {
		return errors.New(variable + ": " + err.Error())
	}
	return nil
}
