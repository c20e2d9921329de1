// A voice message of a made-up phone, from this machine's microphone.

const KINDS = ["audio/ogg;codecs=opus", "audio/webm;codecs=opus"];

// Starts to record; the answer is a function that ends it and gives the sound in base64.
export async function record() {
  const mimeType = KINDS.find((kind) => window.MediaRecorder?.isTypeSupported(kind));
  if (!mimeType || !navigator.mediaDevices) throw new Error("no microphone");
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  const recorder = new MediaRecorder(stream, { mimeType });
  const parts = [];
  recorder.addEventListener("dataavailable", (event) => parts.push(event.data));
  recorder.start();
  return async () => {
    const ended = new Promise((resolve) => recorder.addEventListener("stop", resolve, { once: true }));
    recorder.stop();
    await ended;
    for (const track of stream.getTracks()) track.stop();
    return base64(await new Blob(parts).arrayBuffer());
  };
}

function base64(buffer) {
  let text = "";
  for (const byte of new Uint8Array(buffer)) text += String.fromCharCode(byte);
  return btoa(text);
}
