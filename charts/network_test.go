package charts_test

import (
	"slices"
	"testing"

	networking "k8s.io/api/networking/v1"
)

// What values name is reached, though the network policy lets out to nothing else.
func TestTheNetworkPolicyLetsOutToWhatValuesName(t *testing.T) {
	for path, named := range map[string]struct {
		at   string
		port int32
	}{
		"github.url":       {"https://github.example.com:8443/api/v3/", 8443},
		"gitlab.url":       {"http://gitlab.shop.svc", 80},
		"login.issuer":     {"https://login.example.com:9443/realms/shop", 9443},
		"traces.endpoint":  {"http://otel-collector.observability:4320", 4320},
		"serve.smtpServer": {"smtp.example.com:2525", 2525},
	} {
		given := values(t, "everything")
		set(given, path, named.at)
		objects, err := decoded(manifest(mustRender(t, load(t), given)))
		if err != nil {
			t.Fatal(err)
		}
		var ports []int32
		for _, rule := range one[*networking.NetworkPolicy](t, objects).Spec.Egress {
			for _, port := range rule.Ports {
				ports = append(ports, port.Port.IntVal)
			}
		}
		if !slices.Contains(ports, named.port) || !slices.Contains(ports, 443) {
			t.Errorf("%s is %s, and the ports that are open are %v", path, named.at, ports)
		}
	}
}
