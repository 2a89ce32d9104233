declare module 'ovh' {
  interface Library {
    signRequest(method: string, url: string, body: string, timestamp: number): string;
  }
  const make: (keys: {
    readonly endpoint: string;
    readonly appKey: string;
    readonly appSecret: string;
    readonly consumerKey: string;
  }) => Library;
  export default make;
}
