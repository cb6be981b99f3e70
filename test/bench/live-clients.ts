import { connect, type Socket } from 'node:net';

/** So many connections to /live/stream, over several loopback addresses, in a process of their own. */
const { port, clients, stalled } = JSON.parse(process.argv[2] ?? '{}') as {
  port: number;
  clients: number;
  stalled: number;
};
const ADDRESSES = 20;
const AT_ONCE = 50;
const REQUEST = `GET /live/stream HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`;

const sockets: Socket[] = [];
/** When each healthy client got something, epoch milliseconds, since it was asked last. */
let arrivals: number[] = [];

function open(index: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const localAddress = `127.0.1.${1 + (index % ADDRESSES)}`;
    const socket = connect({ port, host: '127.0.0.1', localAddress }, () => {
      socket.write(REQUEST);
      resolve();
    });
    sockets.push(socket);
    socket.once('error', reject);
    if (index < stalled) socket.pause();
    else socket.on('data', () => arrivals.push(Date.now()));
  });
}

for (let index = 0; index < clients; index += AT_ONCE) {
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, clients - index) }, (_, at) => open(index + at)));
}
process.on('message', () => {
  const told = arrivals;
  arrivals = [];
  process.send?.(told);
});
process.on('disconnect', () => process.exit(0));
process.send?.('open');
