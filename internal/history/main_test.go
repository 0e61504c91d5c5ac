package history

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"testing"
)

// TestMain lets this test binary be the child that the supervisor starts, and a
// parent that can be killed.
func TestMain(m *testing.M) {
	switch {
	case len(os.Args) > 1 && os.Args[1] == "history":
		os.Exit(childMain(os.Args[2:]))
	case len(os.Args) > 3 && os.Args[1] == "parent":
		s := Supervise(context.Background(), SupervisorOptions{Dir: os.Args[2], Socket: os.Args[3]})
		fmt.Println("supervising")
		s.Wait()
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// watermarkVariable carries a watermark in bytes to the child.
const watermarkVariable = "HISTORY_TEST_WATERMARK"

func childMain(args []string) int {
	fs := flag.NewFlagSet("history", flag.ContinueOnError)
	dir, socket := fs.String("dir", "", ""), fs.String("socket", "", "")
	supervised := fs.Bool("supervised", false, "")
	if err := fs.Parse(args); err != nil {
		return 2
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	if *supervised {
		var cancel context.CancelFunc
		ctx, cancel = UntilEOF(ctx, os.Stdin)
		defer cancel()
	}
	mark, _ := strconv.ParseUint(os.Getenv(watermarkVariable), 10, 64)
	err := Serve(ctx, ServerOptions{Dir: *dir, Socket: *socket, MinFree: Watermark{Bytes: mark},
		Log: slog.New(slog.NewTextHandler(os.Stderr, nil))})
	if err != nil {
		fmt.Fprintln(os.Stderr, "history:", err)
		return 1
	}
	return 0
}
