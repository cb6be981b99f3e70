/** Whether the optional native client can be used here. */
export async function nativeLoads(): Promise<boolean> {
  const name: string = 'pulsar-client';
  return import(name).then(
    () => true,
    () => false,
  );
}
