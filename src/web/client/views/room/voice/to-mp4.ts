// Puts what was recorded into an MP4 file with its length and its index in front, as it is encoded: Safari plays Opus in MP4 from iOS 17 on,
// in WebM from 17.4 on, and recorders write files of unknown length. Loaded while the first recording runs.
import {
  BlobSource,
  BufferTarget,
  EncodedAudioPacketSource,
  EncodedPacketSink,
  Input,
  MP4,
  Mp4OutputFormat,
  OGG,
  Output,
  WEBM,
} from "mediabunny";

/** Throws when it is none that can be put into one. */
export async function toMp4(recorded: Blob): Promise<Blob> {
  const input = new Input({ source: new BlobSource(recorded), formats: [MP4, WEBM, OGG] });
  const track = await input.getPrimaryAudioTrack();
  const codec = await track?.getCodec();
  const decoderConfig = await track?.getDecoderConfig();
  if (!track || !codec || !decoderConfig) throw new Error("There is no sound in the recording.");
  const target = new BufferTarget();
  const output = new Output({ format: new Mp4OutputFormat({ fastStart: "in-memory" }), target });
  const source = new EncodedAudioPacketSource(codec);
  output.addAudioTrack(source);
  await output.start();
  const from = await track.getFirstTimestamp();
  for await (const packet of new EncodedPacketSink(track).packets())
    await source.add(packet.clone({ timestamp: packet.timestamp - from }), { decoderConfig });
  await output.finalize();
  return new Blob([target.buffer!], { type: "audio/mp4" });
}
