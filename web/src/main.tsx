// The studio's page: picks what to show from the address.
import { render } from "preact";

render(<p>gradwalk</p>, document.body);
