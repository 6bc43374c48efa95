/** RFC 9457, with `errors` for input that has several faults. */
export interface Problem {
  type: 'about:blank';
  title: string;
  status: number;
  /** What happened and what to do about it. */
  detail: string;
  errors?: FieldProblem[];
  requestId?: string;
}

export interface FieldProblem {
  /** Path into the request, such as "settings.baseUrl". */
  field: string;
  message: string;
}
