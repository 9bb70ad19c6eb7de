// One walk in one file: the player over a recorded walk.
import { render } from "preact";

render(<p>gradwalk</p>, document.body);
