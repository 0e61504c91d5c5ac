package snmp

import "nezuban/internal/clock"

func testTime() realTime { return realTime{clock.System()} }
