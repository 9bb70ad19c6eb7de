// The studio's page: the shell over a socket to the local server.
import { render } from "preact";
import { reopening } from "./carriers/reopening";
import { socketCarrier } from "./carriers/socket";
import { Shell } from "./components/Shell";
import { copyInFull } from "./copying";
import { startTheme } from "./theme";

startTheme();
copyInFull();
render(<Shell carrier={reopening(socketCarrier())} />, document.getElementById("studio") ?? document.body);
