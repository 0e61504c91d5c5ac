package facility

// An Element is a part of the facility that something is said of: a device, or
// one point of it. Point is "" where the whole device is meant. The models of
// power, cooling and network find their own nodes by it.
type Element struct {
	Device DeviceID
	Point  PointID
}
