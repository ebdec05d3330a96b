// Records from the microphone: what is said, and how loud it is. Loaded with the first recording.
import { waveformOf } from "./waveform-of.ts";

/** AAC in MP4 is played everywhere; the others are put into MP4 afterwards. */
const TYPES = [
  "audio/mp4;codecs=mp4a.40.2",
  "audio/mp4;codecs=opus",
  "audio/webm;codecs=opus",
  "audio/ogg;codecs=opus",
];
/** Enough for speech; 10 minutes take some 3 MB. */
const BITS_PER_SECOND = 40_000;
/** How often the level is looked at. */
const LEVEL_MS = 50;
/** What was recorded so far is kept in pieces of this length. */
const PIECE_MS = 1_000;
/** A forgotten one ends at some time. */
export const MAX_MS = 60 * 60_000;

/** `secure`: there are no microphones on pages without TLS. */
export type RecordingProblem = "refused" | "missing" | "busy" | "secure" | "failed";

export class RecordingError extends Error {
  constructor(readonly problem: RecordingProblem) {
    super(problem);
  }
}

export interface Recorded {
  blob: Blob;
  durationMs: number;
  waveform: number[];
}

const PROBLEMS: Record<string, RecordingProblem> = {
  NotAllowedError: "refused",
  SecurityError: "refused",
  NotFoundError: "missing",
  OverconstrainedError: "missing",
  NotReadableError: "busy",
  AbortError: "busy",
};

export class Recording {
  /** From 0 to 1, of each LEVEL_MS so far. */
  readonly levels: number[] = [];
  private readonly pieces: Blob[] = [];
  private readonly startedAt = performance.now();
  private endedAt: number | null = null;
  private readonly timer: ReturnType<typeof setInterval>;
  private readonly converting = import("./to-mp4.ts");

  private constructor(
    private readonly stream: MediaStream,
    private readonly recorder: MediaRecorder,
    private readonly context: AudioContext,
    private readonly analyser: AnalyserNode,
    onEnd: () => void,
  ) {
    // Seen when it is waited for.
    this.converting.catch(() => {});
    recorder.ondataavailable = ({ data }) => this.pieces.push(data);
    this.timer = setInterval(() => this.measure(), LEVEL_MS);
    // The microphone was taken away, or it has taken long enough: what was recorded stays.
    recorder.onstop = () => {
      this.release();
      onEnd();
    };
    recorder.start(PIECE_MS);
  }

  /** Asks for the microphone, and begins. `onEnd`: it has ended, by `finish` or by itself. Throws RecordingError. */
  static async start(onEnd: () => void): Promise<Recording> {
    // Missing unless the page was loaded over HTTPS or from localhost.
    const { mediaDevices } = navigator as Partial<Navigator>;
    if (!mediaDevices) throw new RecordingError("secure");
    let stream: MediaStream;
    try {
      stream = await mediaDevices.getUserMedia({
        audio: { channelCount: 1, echoCancellation: true, noiseSuppression: true, autoGainControl: true },
      });
    } catch (error) {
      throw new RecordingError(PROBLEMS[(error as Error).name] ?? "failed");
    }
    try {
      const mimeType = TYPES.find((type) => MediaRecorder.isTypeSupported(type));
      const recorder = new MediaRecorder(stream, {
        audioBitsPerSecond: BITS_PER_SECOND,
        ...(mimeType && { mimeType }),
      });
      const context = new AudioContext();
      const analyser = new AnalyserNode(context, { fftSize: 2048 });
      context.createMediaStreamSource(stream).connect(analyser);
      return new Recording(stream, recorder, context, analyser, onEnd);
    } catch {
      for (const track of stream.getTracks()) track.stop();
      throw new RecordingError("failed");
    }
  }

  get durationMs() {
    return (this.endedAt ?? performance.now()) - this.startedAt;
  }

  /** Ends it. Resolves with what was recorded; throws RecordingError when that is nothing. */
  async finish(): Promise<Recorded> {
    if (this.recorder.state !== "inactive") {
      const stopped = new Promise((resolve) => this.recorder.addEventListener("stop", resolve, { once: true }));
      this.recorder.stop();
      await stopped;
    }
    const recorded = new Blob(this.pieces, { type: this.recorder.mimeType });
    if (recorded.size === 0) throw new RecordingError("failed");
    const blob = await this.converting.then(({ toMp4 }) => toMp4(recorded)).catch(() => recorded);
    return { blob, durationMs: Math.round(this.durationMs), waveform: waveformOf(this.levels) };
  }

  /** Ends it, and forgets what was recorded. */
  cancel() {
    this.recorder.onstop = null;
    this.release();
    if (this.recorder.state !== "inactive") this.recorder.stop();
    this.pieces.length = 0;
  }

  private measure() {
    const samples = new Float32Array(this.analyser.fftSize);
    this.analyser.getFloatTimeDomainData(samples);
    let sum = 0;
    for (const sample of samples) sum += sample * sample;
    this.levels.push(Math.min(1, Math.sqrt(sum / samples.length)));
    if (this.durationMs > MAX_MS && this.recorder.state !== "inactive") this.recorder.stop();
  }

  /** The microphone, and the sign in the browser that it is in use. */
  private release() {
    this.endedAt ??= performance.now();
    clearInterval(this.timer);
    for (const track of this.stream.getTracks()) track.stop();
    void this.context.close().catch(() => {});
  }
}
