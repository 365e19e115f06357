// Drives mqtt.js: reads one command per line as JSON, prints one JSON line for each thing that
// happens. {"do": "connect", "id": "a", "options": {…}}, and likewise subscribe, unsubscribe,
// publish, end (with a DISCONNECT) and break (without).
"use strict";
const readline = require("readline");
const mqtt = require("mqtt");

const clients = new Map();

function tell(event, id, more) {
  process.stdout.write(JSON.stringify({ event, id, ...more }) + "\n");
}

// Buffers as text; the rest as it is.
function plain(properties) {
  return JSON.parse(JSON.stringify(properties || {}, (key, value) =>
    value && value.type === "Buffer" ? Buffer.from(value.data).toString() : value));
}

function answer(id) {
  return (error, granted) => tell("done", id, {
    error: error ? error.message : null,
    granted: (Array.isArray(granted) ? granted : []).map((grant) => grant.qos),
  });
}

const commands = {
  connect({ id, options }) {
    const will = options.will;
    if (will && will.properties && will.properties.correlationData) {
      will.properties.correlationData = Buffer.from(will.properties.correlationData);
    }
    const client = mqtt.connect({ host: "127.0.0.1", reconnectPeriod: 0, ...options });
    clients.set(id, client);
    client.on("connect", (packet) => tell("connect", id, {
      sessionPresent: packet.sessionPresent, properties: plain(packet.properties) }));
    client.on("message", (topic, payload, packet) => tell("message", id, {
      topic, payload: payload.toString(), qos: packet.qos, retain: packet.retain,
      properties: plain(packet.properties) }));
    client.on("disconnect", (packet) => tell("disconnect", id, { code: packet.reasonCode }));
    client.on("close", () => tell("close", id));
    client.on("error", (error) => tell("error", id, { code: error.code, text: error.message }));
  },
  subscribe({ id, topic, options }) {
    clients.get(id).subscribe(topic, options || {}, answer(id));
  },
  unsubscribe({ id, topic }) {
    clients.get(id).unsubscribe(topic, (error) => answer(id)(error));
  },
  publish({ id, topic, payload, options }) {
    const properties = options && options.properties;
    if (properties && properties.correlationData) {
      properties.correlationData = Buffer.from(properties.correlationData);
    }
    clients.get(id).publish(topic, payload, options || {}, (error) => answer(id)(error));
  },
  end({ id }) {
    clients.get(id).end();
  },
  break({ id }) {
    clients.get(id).stream.destroy();
  },
};

readline.createInterface({ input: process.stdin })
  .on("line", (line) => {
    const command = JSON.parse(line);
    commands[command.do](command);
  })
  .on("close", () => process.exit(0));
tell("ready");
