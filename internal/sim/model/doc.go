// Package model is the physics behind the simulated facility: one state, moved
// on by [Model.Step], from which every simulated device reads what it reports.
//
// # The facility
//
// Two sides, A and B, mirror each other (2N): utility, generator, transfer
// switch, then one UPS for each of two halls. Twelve racks, six a hall, hang
// with one PDU on the hall's A UPS and one on its B UPS and share their load
// between them. Three CRAC units a hall draw from the transfer switches, past the
// UPS. Each hall has a sensor hub that carries its fire and environment contacts.
//
// # What may be relied on
//
// Step is a pure function of the state, the faults set, the seed and the number
// of steps: the same seed and the same calls give the same values. Power is
// conserved at every node in every step. Units are watts, volts, degrees
// Celsius, pascals and ratios from 0 to 1; time is the model's own, from zero.
//
// # What this package does not do
//
// It keeps no clock, opens nothing and knows no protocol.
package model
