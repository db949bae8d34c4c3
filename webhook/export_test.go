package webhook

import "github.com/nexusgate/nexusgate/gate"

// PlacesBy are the places of a delivery that is read in a way of the test's.
func PlacesBy(read func(gate.Delivery) ([]string, error), d gate.Delivery) []string {
	return reading{places: read}.placesOf(d)
}
