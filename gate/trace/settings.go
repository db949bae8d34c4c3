package trace

import (
	"fmt"
	"strconv"
	"strings"
)

// Wanted says whether the standard variables ask for traces: where an OTLP endpoint is named, or the exporter otlp, and
// nothing says otherwise. What is asked for and cannot be done is an error: it would look as though there were traces.
// https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
func Wanted(getenv func(string) string) (bool, error) {
	env := func(name string) string { return strings.ToLower(strings.TrimSpace(getenv(name))) }
	if env("OTEL_SDK_DISABLED") == "true" {
		return false, nil
	}
	switch by := env("OTEL_TRACES_EXPORTER"); by {
	case "":
		if env("OTEL_EXPORTER_OTLP_ENDPOINT")+env("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") == "" {
			return false, nil
		}
	case "none":
		return false, nil
	case "otlp":
	default:
		return false, fmt.Errorf("OTEL_TRACES_EXPORTER is %q: traces are sent by OTLP alone; give otlp, or none", by)
	}
	for _, name := range []string{"OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"} {
		if protocol := env(name); protocol == "http/protobuf" {
			break
		} else if protocol != "" {
			return false, fmt.Errorf("%s is %q: OTLP is spoken over HTTP alone; give http/protobuf, and the collector's address for it, often on port 4318", name, protocol)
		}
	}
	return true, sampled(env("OTEL_TRACES_SAMPLER"), env("OTEL_TRACES_SAMPLER_ARG"))
}

// sampled checks how many traces are asked for, where the library would go on with all of them.
func sampled(sampler, share string) error {
	switch sampler {
	case "", "always_on", "always_off", "parentbased_always_on", "parentbased_always_off":
		return nil
	case "traceidratio", "parentbased_traceidratio":
		of, err := strconv.ParseFloat(share, 64)
		if share != "" && (err != nil || !(of >= 0 && of <= 1)) {
			return fmt.Errorf("OTEL_TRACES_SAMPLER_ARG is %q: give the share of traces that is kept, from 0 to 1", share)
		}
		return nil
	default:
		return fmt.Errorf("OTEL_TRACES_SAMPLER is %q: give parentbased_always_on, parentbased_traceidratio with OTEL_TRACES_SAMPLER_ARG, or always_off", sampler)
	}
}
