// A WebSocket server of another make (Debian's node-ws) in front of a broker's TCP port, for clients
// of ours: `node wsbridge.cjs BROKERPORT` prints its own port.
const net = require("net");
const { WebSocketServer, Server } = require("ws");

const server = new (WebSocketServer || Server)({
  host: "127.0.0.1", port: 0, path: "/mqtt",
  handleProtocols: (offered) => [...offered].find((name) => name.startsWith("mqtt")) || false,
});
server.on("listening", () => console.log(server.address().port));
server.on("connection", (socket) => {
  const broker = net.connect(Number(process.argv[2]), "127.0.0.1");
  broker.on("data", (data) => {
    socket.ping("there?");
    // In two fragments, cut anywhere.
    const half = data.length >> 1;
    socket.send(data.subarray(0, half), { binary: true, fin: false });
    socket.send(data.subarray(half), { binary: true, fin: true });
  });
  broker.on("close", () => socket.close(1000));
  broker.on("error", () => socket.terminate());
  socket.on("message", (data) => broker.write(data));
  socket.on("close", () => broker.end());
});
