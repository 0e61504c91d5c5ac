package trap

import (
	"context"
	"net"
	"net/netip"
	"time"

	"nezuban/internal/facility"
)

const (
	keepEvery   = time.Second // evidence is written together
	keepMost    = 500         // in one go
	lookupEvery = 10 * time.Minute
	lookupLimit = 5 * time.Second // of one name
)

// keep hands evidence over until ctx ends, and then what still waits.
func (r *Receiver) keep(ctx context.Context) {
	tick := time.NewTicker(keepEvery)
	defer tick.Stop()
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case <-tick.C:
		}
		r.flush(ctx)
	}
}

// flush writes what waits. What cannot be written now waits on; when the queue is
// full, what comes then is lost and counted.
func (r *Receiver) flush(ctx context.Context) {
	for len(r.queue) > 0 {
		batch := make([]facility.Trap, 0, min(len(r.queue), keepMost))
		for len(batch) < cap(batch) {
			batch = append(batch, <-r.queue)
		}
		if err := r.o.Keep(context.WithoutCancel(ctx), batch); err != nil {
			r.count.notKept(uint64(len(batch)))
			r.o.Log.Warn("traps are not kept", "traps", len(batch), "err", err)
			return
		}
	}
}

// follow makes a new book when the inventory changes, and looks names up again.
func (r *Receiver) follow(ctx context.Context) {
	tick := time.NewTicker(lookupEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-r.news:
		case <-tick.C:
		}
		r.rewrite(ctx)
	}
}

func (r *Receiver) rewrite(ctx context.Context) {
	r.mu.Lock()
	set := r.set
	r.mu.Unlock()
	b := &book{byAddress: map[netip.Addr][]facility.DeviceID{}}
	add := func(a netip.Addr, id facility.DeviceID) {
		a = a.Unmap().WithZone("")
		b.byAddress[a] = append(b.byAddress[a], id)
	}
	if err := b.sign(&r.keys, set.targets, set.users); err != nil {
		r.o.Log.Error("traps of v3 users are not taken", "err", err)
	}
	var named []int
	for i, t := range set.targets {
		host, _, err := net.SplitHostPort(t.Address)
		if err != nil {
			continue
		}
		if a, err := netip.ParseAddr(host); err == nil {
			add(a, t.Device.ID)
		} else {
			named = append(named, i)
		}
	}
	if len(named) > 0 { // names take time: the others need not wait
		early := *b
		early.byAddress = make(map[netip.Addr][]facility.DeviceID, len(b.byAddress))
		for a, ids := range b.byAddress {
			early.byAddress[a] = ids
		}
		if old := r.book.Load(); len(old.byAddress) == 0 {
			r.book.Store(&early)
		}
	}
	for _, i := range named {
		host, _, _ := net.SplitHostPort(set.targets[i].Address)
		limited, cancel := context.WithTimeout(ctx, lookupLimit)
		list, err := net.DefaultResolver.LookupNetIP(limited, "ip", host)
		cancel()
		if err != nil {
			r.o.Log.Warn("traps: the name of a device is not known", "device", string(set.targets[i].Device.ID), "host", host, "err", err)
		}
		for _, a := range list {
			add(a, set.targets[i].Device.ID)
		}
	}
	if ctx.Err() == nil {
		r.book.Store(b)
	}
}
