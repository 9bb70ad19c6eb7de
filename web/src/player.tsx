// One walk in one file: the player over a recorded walk.
import { render } from "preact";
import { embedded, recordedCarrier } from "./carriers/recorded";
import { Player } from "./components/Player";
import { copyInFull } from "./copying";
import { opened } from "./session";

async function start(): Promise<void> {
  const place = document.getElementById("player") ?? document.body;
  const recording = embedded();
  if (!recording) return render(<p>This page holds no recorded walk.</p>, place);
  const carrier = recordedCarrier(recording);
  const session = await opened(carrier, { source: {}, width: 820 });
  render(<Player session={session} />, place);
}

copyInFull();
void start();
