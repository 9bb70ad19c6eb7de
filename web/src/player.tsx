// One walk in one file: the player over a recorded walk.
import { render } from "preact";
import { embedded, recordedCarrier } from "./carriers/recorded";
import { Player } from "./components/Player";
import { copyInFull } from "./copying";
import { followRoom, graphWidth } from "./room";
import { opened } from "./session";

async function start(): Promise<void> {
  const place = document.getElementById("player") ?? document.body;
  const recording = embedded();
  if (!recording) return render(<p>This page holds no recorded walk.</p>, place);
  const carrier = recordedCarrier(recording);
  const session = await opened(carrier, { source: {}, width: graphWidth(place) });
  followRoom(session, place);
  render(<Player session={session} />, place);
}

copyInFull();
void start();
