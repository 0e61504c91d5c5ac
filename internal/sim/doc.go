// Package sim is the simulated facility: about sixty devices that speak real
// SNMP (v2c and v3) and real OpenMetrics on loopback addresses, with one physical
// model behind them and named faults to play through.
//
// [Start] listens on everything before it returns; the devices answer until its
// context ends. All devices use one port number, each an address of its own,
// counted up from Options.BaseIP.
//
// # Time
//
// The model moves in steps of 250 ms of the given clock, so a fast clock plays
// the same story faster. Delays towards the network (a slow device) are in the
// machine's own time.
//
// # Faults
//
// A fault is named as [Facility.Faults] lists it; "NAME:DEVICE" aims it at another
// device than its default where the fault allows that. Injecting what is active
// and clearing what is not are no errors. Several faults may be active at once.
//
// # Traps
//
// After [Facility.TrapsTo] devices send SNMPv2 traps of their changes, from their
// own addresses and as they are polled (v2c, or v3 authPriv): a UPS that runs on
// battery and its alarms (RFC 1628), links of the switches (RFC 2863), starts of
// management parts (RFC 3418).
//
// # Where the objects come from
//
// UPS: UPS-MIB (RFC 1628). Rack PDUs, transfer switches, generators:
// PowerNet-MIB. Meters: JANITZA-MIB. CRAC units: LIEBERT-GP-ENVIRONMENTAL-MIB and
// its siblings. Sensor hubs: SPAGENT-MIB. Switches: IF-MIB (RFC 2863). Servers:
// HOST-RESOURCES-MIB (RFC 2790) and UCD-SNMP-MIB, or a metrics endpoint with the
// metric names of the Prometheus node exporter. Each view's file names its
// objects.
//
// # What this package does not do
//
// It imports no collector and no profile: the devices are what their MIBs say, and
// whoever polls them must find out.
package sim
