import { checkServiceUrl, resolveServiceAddress } from '../../../src/platform/pulsar/service-address.js';

describe('resolveServiceAddress', () => {
  it.each([
    ['pulsar://localhost:6650', null, 'binary', 'ws://localhost:8080', 'http://localhost:8080'],
    ['pulsar://localhost', null, 'binary', 'ws://localhost:8080', 'http://localhost:8080'],
    ['PULSAR://Broker.example:6650/', null, 'binary', 'ws://Broker.example:8080', 'http://Broker.example:8080'],
    ['pulsar+ssl://b.example:6651', null, 'binary', 'wss://b.example:8443', 'https://b.example:8443'],
    ['pulsar://a:6650,b:6650', null, 'binary', 'ws://a:8080', 'http://a:8080'],
    ['pulsar://[::1]:6650', null, 'binary', 'ws://[::1]:8080', 'http://[::1]:8080'],
    ['ws://h:8081', null, 'websocket', 'ws://h:8081', 'http://h:8081'],
    ['wss://h', null, 'websocket', 'wss://h', 'https://h'],
    ['wss://gate.example/pulsar/', null, 'websocket', 'wss://gate.example/pulsar', 'https://gate.example/pulsar'],
    ['pulsar://localhost:6650', 'http://web:9000/', 'binary', 'ws://web:9000', 'http://web:9000'],
    ['pulsar+ssl://localhost:6651', 'http://web:9000', 'binary', 'ws://web:9000', 'http://web:9000'],
    ['ws://localhost:8080', 'https://web:8443', 'websocket', 'wss://web:8443', 'https://web:8443'],
  ])('%s with %s', (serviceUrl, webUrl, protocol, webSocketUrl, adminUrl) => {
    expect(resolveServiceAddress({ serviceUrl, webUrl })).toEqual({ protocol, webSocketUrl, adminUrl });
  });

  it.each([
    ['localhost:6650', null, 'PULSAR_SERVICE_URL: write pulsar://'],
    ['http://localhost:8080', null, 'PULSAR_SERVICE_URL: write pulsar://'],
    ['pulsar://', null, 'PULSAR_SERVICE_URL'],
    ['pulsar://host:port', null, 'PULSAR_SERVICE_URL'],
    ['pulsar://user:secret@host:6650', null, 'PULSAR_SERVICE_URL'],
    ['ws://h:8080/?token=secret', null, 'PULSAR_SERVICE_URL'],
    ['pulsar://localhost:6650', 'localhost:8080', 'PULSAR_WEB_URL: write http://'],
    ['pulsar://localhost:6650', 'pulsar://localhost:8080', 'PULSAR_WEB_URL: write http://'],
  ])('refuses %s with %s and repeats no secret', (serviceUrl, webUrl, says) => {
    const resolve = () => resolveServiceAddress({ serviceUrl, webUrl });
    expect(resolve).toThrow(says);
    expect(resolve).not.toThrow('secret');
  });
});

describe('checkServiceUrl', () => {
  it.each(['pulsar://a:6650,b:6650', 'pulsar+ssl://[::1]:6651', 'ws://h:8081', 'wss://gate.example/pulsar/'])(
    'takes %s as it is, and so does resolveServiceAddress',
    (serviceUrl) => {
      expect(checkServiceUrl(serviceUrl)).toBe(serviceUrl);
      expect(() => resolveServiceAddress({ serviceUrl })).not.toThrow();
    },
  );

  it.each([
    ['pulsar://user:secret@host:6650', 'without user and password: a token is PULSAR_TOKEN'],
    ['pulsar+ssl://secret@host', 'without user and password'],
    ['wss://user:secret@gate.example/pulsar', 'without user and password'],
    ['ws://h:8080/?token=secret', 'without ? and #'],
    ['pulsar://h:6650#secret', 'without ? and #'],
    ['http://localhost:8080', 'pulsar://host:6650, pulsar+ssl://host:6651'],
    ['pulsar://host:secret', 'pulsar://host:6650'],
    ['constructor://host', 'pulsar://host:6650'],
    ['pulsar://a:6650,user:secret@b:6650', 'without user and password'],
    ['pulsar://a:6650,b:secret', 'pulsar://host:6650'],
    ['ws://host:65536', 'pulsar://host:6650'],
    ['ws://[::g]:8080', 'pulsar://host:6650'],
    ['wss://%zz', 'pulsar://host:6650'],
  ])('refuses %s, and so does resolveServiceAddress; no secret is repeated', (serviceUrl, says) => {
    expect(() => checkServiceUrl(serviceUrl)).toThrow(says);
    expect(() => checkServiceUrl(serviceUrl)).not.toThrow('secret');
    expect(() => resolveServiceAddress({ serviceUrl })).toThrow('PULSAR_SERVICE_URL');
  });
});
