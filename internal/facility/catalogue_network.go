package facility

// networkMetrics are the quantities of network equipment.
var networkMetrics = []Metric{
	{"interface_oper_state", "Operational state of an interface", "リンク状態", "link state", UnitState, Fast, false},
	{"interface_admin_state", "Administrative state of an interface", "管理状態", "admin state", UnitState, Normal, false},
	{"interface_in_bytes_total", "Bytes received (octets)", "受信バイト", "bytes in", UnitBytes, Normal, true},
	{"interface_out_bytes_total", "Bytes sent (octets)", "送信バイト", "bytes out", UnitBytes, Normal, true},
	{"interface_in_errors_total", "Received packets with errors", "受信エラー", "errors in", UnitCount, Normal, true},
	{"interface_out_errors_total", "Packets not sent because of errors", "送信エラー", "errors out", UnitCount, Normal, true},
	{"interface_speed_bits_per_second", "Nominal speed of an interface", "リンク速度", "speed", UnitBits, Slow, false},
	{"optical_rx_power_decibel_milliwatts", "Received optical power", "受信光レベル", "optical power in", UnitDBm, Normal, false},
	{"optical_tx_power_decibel_milliwatts", "Sent optical power", "送信光レベル", "optical power out", UnitDBm, Normal, false},
	{"optical_bias_current_amperes", "Bias current of the laser", "レーザーバイアス電流", "laser bias", UnitAmperes, Normal, false},
}
