package metrics

// Metric is one metric as it is documented: a contract that alerts outside the project rest on.
type Metric struct {
	Name   string
	Type   string // "gauge", "counter" or "histogram"
	Labels []string
	Help   string
}

// Documented lists every metric of our own, in the order in which people read about them.
func Documented() []Metric {
	nexus, component := []string{"nexus"}, []string{"nexus", "team", "component"}
	return []Metric{
		{"nexusgate_increment_done", "gauge", nexus, "Whether the head Integrated Increment is done: 1, else 0. Done under exceptions is 0, unless the release rule allows them."},
		{"nexusgate_increment_number", "gauge", nexus, "Number of the head Integrated Increment."},
		{"nexusgate_increment_last_done_timestamp_seconds", "gauge", nexus, "When the last done Integrated Increment was made; absent until there is one."},
		{"nexusgate_component_done", "gauge", component, "Whether the head of a component is done: 1, else 0. Done under exceptions is 0, unless the release rule allows them."},
		{"nexusgate_component_landed_timestamp_seconds", "gauge", component, "When the head of a component landed; absent while it is not known."},
		{"nexusgate_findings", "gauge", []string{"nexus", "team", "component", "criterion", "state"}, "Required criteria of the head Integrated Increment by state; component is empty for criteria on the Increment."},
		{"nexusgate_exceptions_active", "gauge", []string{"nexus", "team", "criterion"}, "Findings of the head Integrated Increment that are under an exception; absent while there is none."},
		{"nexusgate_exception_end_timestamp_seconds", "gauge", []string{"nexus", "criterion", "exception"}, "The first moment at which an exception that something rests on applies no more."},
		{"nexusgate_verdicts_total", "counter", []string{"nexus", "outcome"}, "Verdicts made: changes, merge groups, components and Increments."},
		{"nexusgate_releases_alarming", "gauge", []string{"nexus", "component"}, "Releases of a component that are in no done Integrated Increment; absent where releases are not watched."},
		{"nexusgate_releases_judged_total", "counter", []string{"nexus", "outcome"}, "What was said of releases after they were published, each time it changed."},
		{"nexusgate_briefs_total", "counter", []string{"nexus", "event", "by", "result"}, "Briefs sent by a way, refused for good, or missed (by is empty then)."},
		{"nexusgate_verdict_seconds", "histogram", nexus, "From the receipt of a delivery to its report taken by the forge."},
		{"nexusgate_deliveries_total", "counter", []string{"forge", "event", "result"}, "Deliveries by what became of them."},
		{"nexusgate_delivery_lag_seconds", "histogram", nil, "From an event's own time at the forge to the receipt of its delivery."},
		{"nexusgate_store_up", "gauge", nil, "Whether the store answered this scrape: 1, else 0, and then the sizes of the queues are absent."},
		{"nexusgate_inbox_pending", "gauge", nil, "Deliveries kept and not yet applied."},
		{"nexusgate_inbox_pending_since_timestamp_seconds", "gauge", nil, "When the oldest delivery that is not yet applied was received; absent while there is none."},
		{"nexusgate_reports_owed", "gauge", nil, "Reports that a forge has not taken yet."},
		{"nexusgate_reports_owed_since_timestamp_seconds", "gauge", nil, "When the delivery behind the oldest owed report was received; absent while none is owed."},
		{"nexusgate_errands_owed", "gauge", nil, "What forges are to do besides, as to start a pipeline, and have not done yet."},
		{"nexusgate_errands_owed_since_timestamp_seconds", "gauge", nil, "When the oldest of that was decided; absent while there is none."},
		{"nexusgate_reports_untaken", "gauge", []string{"forge"}, "Reports that the forge did not take when they were sent, at most 1000; absent while it takes all."},
		{"nexusgate_reports_untaken_since_timestamp_seconds", "gauge", []string{"forge"}, "When the delivery behind the oldest report that the forge did not take was received; absent while it takes all."},
		{"nexusgate_forge_requests_total", "counter", []string{"forge", "operation", "code"}, "Requests to a forge by what it answered."},
		{"nexusgate_forge_requests_limit", "gauge", []string{"forge", "installation"}, "Requests that a forge grants in a span of time, as it last said; the installation is that of the GitHub App, empty on GitLab."},
		{"nexusgate_forge_requests_remaining", "gauge", []string{"forge", "installation"}, "What is left of them, as the forge last said: it counts until the reset."},
		{"nexusgate_forge_requests_reset_timestamp_seconds", "gauge", []string{"forge", "installation"}, "When all of them are granted anew."},
		{"nexusgate_dependencies_open", "gauge", []string{"nexus", "from", "to"}, "What a team needs of another and is not there; a team is empty where it is not known. Absent while there is nothing."},
		{"nexusgate_sprint_done_increments", "gauge", nexus, "Integrated Increments that became done in the current Sprint; absent outside a Sprint."},
		{"nexusgate_sprint_start_timestamp_seconds", "gauge", nexus, "When the current Sprint began; absent outside a Sprint."},
		{"nexusgate_sprint_end_timestamp_seconds", "gauge", nexus, "The first moment after the current Sprint; absent outside a Sprint."},
		{"nexusgate_component_heard_timestamp_seconds", "gauge", component, "When a delivery of the component's repository last came, to the hour; absent until one has."},
		{"nexusgate_component_silent", "gauge", component, "Whether deliveries used to come and have not for long: 1, else 0."},
		{"nexusgate_hooks_disabled", "gauge", component, "Webhooks of the component's repository to us that GitLab has disabled."},
		{"nexusgate_missed_deliveries_total", "counter", []string{"nexus", "forge", "event"}, "Deliveries that never came and that a sweep found; the event \"head\" is a landing that no push told of."},
		{"nexusgate_missed_delivery_lag_seconds", "histogram", nexus, "From an event's own time at the forge to the sweep that found it."},
		{"nexusgate_sweep_requests_total", "counter", []string{"nexus", "forge", "answer"}, "Requests that sweeps made: answered, or unchanged (304)."},
		{"nexusgate_sweep_timestamp_seconds", "gauge", nexus, "When the last sweep ended; absent until one has."},
		{"nexusgate_sweep_partial_repositories", "gauge", nexus, "Repositories that the last sweep did not see to the end."},
		{"nexusgate_redeliveries_total", "counter", []string{"result"}, "GitHub's deliveries that never came: asked for again, came then, or given up."},
		{"nexusgate_redeliveries_awaited", "gauge", nil, "GitHub's deliveries that never came and that are still asked for."},
		{"nexusgate_build_info", "gauge", []string{"version", "goversion"}, "Always 1; the version says what is running."},
	}
}

// documented is the metric of that name, without its prefix. Metrics are made from what is
// documented, so that the two cannot differ.
func documented(name string) Metric {
	for _, m := range Documented() {
		if m.Name == "nexusgate_"+name {
			return m
		}
	}
	return Metric{Name: "nexusgate_" + name}
}
