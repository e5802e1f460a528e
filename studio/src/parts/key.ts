/** What the program that serves the page knows it by: given in its address once, then kept for this tab. */

const NAME = 'autoencoder-key';

/** Nothing where the page has another host. Takes the key out of the address, which people copy. */
export function keyOfServer(): string | undefined {
  const address = new URL(location.href);
  const given = address.searchParams.get('key');
  if (given !== null) {
    sessionStorage.setItem(NAME, given);
    address.searchParams.delete('key');
    history.replaceState(undefined, '', address);
  }
  return sessionStorage.getItem(NAME) ?? undefined;
}
