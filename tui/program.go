package tui

import tea "github.com/charmbracelet/bubbletea"

// Program is a console as its server runs it, so that the wiring need not know the
// library.
type Program = tea.Model
