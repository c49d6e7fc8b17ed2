package observe

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// checkpoints are how memories were filled at the start, and their copies on the disk.
type checkpoints struct {
	restored             *prometheus.GaugeVec
	took, bytes, at, gap *prometheus.GaugeVec
}

func newCheckpoints(f factory) checkpoints {
	return checkpoints{
		restored: f.gauge("rawi_restored_states", "States in the memory of a stage when the process began, by where they were read from.", "stage", "from"),
		took:     f.gauge("rawi_restore_seconds", "How long it took to fill the memory of a stage when the process began.", "stage"),
		bytes:    f.gauge("rawi_checkpoint_bytes", "Size of the last checkpoint of a stage's memory.", "stage"),
		gap:      f.gauge("rawi_checkpoint_pause_seconds", "How long the stage waited while its last checkpoint was written.", "stage"),
		at:       f.gauge("rawi_checkpoint_timestamp_seconds", "When the last checkpoint of a stage's memory was written.", "stage"),
	}
}

// Restored says from how many states of a checkpoint and of the stream the memory of a stage was filled, and in what time.
func (m *Metrics) Restored(stage string, checkpoint, stream int, took time.Duration) {
	m.checkpoints.restored.WithLabelValues(stage, "checkpoint").Set(float64(checkpoint))
	m.checkpoints.restored.WithLabelValues(stage, "stream").Set(float64(stream))
	m.checkpoints.took.WithLabelValues(stage).Set(took.Seconds())
}

// Checkpoint says that the memory of a stage was written down, in so many bytes, and how long the stage waited for it.
func (m *Metrics) Checkpoint(stage string, bytes int64, pause time.Duration) {
	m.checkpoints.bytes.WithLabelValues(stage).Set(float64(bytes))
	m.checkpoints.gap.WithLabelValues(stage).Set(pause.Seconds())
	m.checkpoints.at.WithLabelValues(stage).SetToCurrentTime()
}
