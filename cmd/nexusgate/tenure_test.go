package main_test

import (
	"testing"
	"testing/synctest"
	"time"

	nexusgate "github.com/nexusgate/nexusgate/cmd/nexusgate"
)

func TestATenureLastsAsLongAsItIsRenewed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tenure := nexusgate.NewTenure(false)
		for range 10 {
			time.Sleep(2 * time.Second)
			if err := tenure.Holds(); err != nil {
				t.Fatal("two seconds after it was renewed it is over")
			}
			tenure.Renewed(time.Now())
		}
		asked := time.Now()
		time.Sleep(2 * time.Second)
		tenure.Renewed(asked) // the answer was long on its way
		time.Sleep(800 * time.Millisecond)
		if tenure.Holds() == nil {
			t.Error("something may be begun in its last moments")
		}
		time.Sleep(200*time.Millisecond + 1)
		synctest.Wait()
		select {
		case <-tenure.Over():
		default:
			t.Error("three seconds after the renewal was asked for it is not over")
		}
		tenure.Renewed(time.Now())
		if tenure.Holds() == nil {
			t.Error("it was renewed after its end")
		}
	})
}

func TestATenureOfWhoIsAloneNeedsNoRenewal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tenure := nexusgate.NewTenure(true)
		time.Sleep(24 * time.Hour)
		if err := tenure.Holds(); err != nil {
			t.Error("after a day it is over")
		}
		tenure.End()
		if tenure.Holds() == nil {
			t.Error("it is not over at its end")
		}
	})
}
