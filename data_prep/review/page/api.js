// Requests to the server of this page. A refusal carries the sentence to show and what the checks found.

export class Refusal extends Error {
  constructor(status, answer) {
    super(answer.error);
    this.status = status;
    this.problems = answer.problems;
  }
}

export async function ask(path, values, post = false) {
  const address = post ? path : `${path}?${new URLSearchParams(values)}`;
  const options = post ? { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(values) } : {};
  const response = await fetch(address, options);
  const answer = await response.json();
  if (!response.ok) throw new Refusal(response.status, answer);
  return answer;
}
