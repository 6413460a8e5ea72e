export const SECRET = 'test-only-3kP9vXw2Lq8RzTn5YbHs7JdGf4McAeUu';
