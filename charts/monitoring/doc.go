// Package monitoring holds the chart's Prometheus rules and Grafana dashboards to what they rest on. Each
// expression is parsed by Prometheus' own parser, and whatever metric and label it names has to be one of
// those that the README lists, which a test of cmd/nexusgate holds to what a scrape shows. promtool runs the
// cases of the rules: each alert has one in which it speaks and one in which it is silent. Dashboards are
// checked against the types of Grafana's own schema, by TypeScript's compiler: a field that Grafana does
// not know, or that is written in the wrong place, fails here.
//
// That a real Prometheus scrapes the demo, that an alert fires in it and that the panels have something to
// show there, is tested beside the demo, in cmd/nexusgate.
//
// It is a module of its own, so that Prometheus is no dependency of nexusgate, and has tests alone:
// make monitoring-check runs it. It refuses to know the chart, which hands these files on as they are.
package monitoring
