/** The name people see. A team that builds on this changes it here; passwords made of it are refused. */
export const PRODUCT_NAME = 'Sallyport';
