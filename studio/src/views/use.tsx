/** Use: what the model is good for. */
export function Use() {
  return (
    <section className="empty">
      <h1>Use</h1>
      <p>Not built yet.</p>
    </section>
  );
}
