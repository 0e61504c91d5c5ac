package alarm

// WindowLength is how many samples a condition keeps.
func WindowLength(c Condition) int { return len(c.window) }
