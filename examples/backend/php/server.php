<?php

// A bank's back end for <akiba-selfie>. It serves the page, creates a session at the relay, accepts a verdict from the
// relay's webhook or from a proof, and returns it. It needs PHP 8.2 with sodium, which Debian's php-cli has. Its settings
// come from the environment: see ../README.md. `php server.php` starts it in PHP's own server, which is for development.

declare(strict_types=1);

require __DIR__ . '/verify.php';

function env(string $name, ?string $otherwise = null): string
{
    $value = getenv($name);
    return $value === false || $value === '' ? $otherwise ?? throw new RuntimeException("set $name") : $value;
}

try {
    $relayUrl = env('RELAY_URL');
    $apiKey = env('AKIBA_API_KEY');
    $webhookSecret = env('AKIBA_WEBHOOK_SECRET');
} catch (RuntimeException $missing) {
    fwrite(fopen('php://stderr', 'w'), $missing->getMessage() . "\n");
    exit(2);
}
if (PHP_SAPI === 'cli') {
    pcntl_exec(PHP_BINARY, ['-S', '127.0.0.1:' . env('PORT', '3000'), __FILE__]);
}

/**
 * STUB: your database. Here it is a file, because PHP forgets everything after a request. It is locked meanwhile, so two
 * requests at once get the same session.
 */
final class Bank
{
    /** @var array{customers: array<string, array<string, string>>, verdicts: array<string, mixed>, seen: array<string, bool>} */
    public array $data;
    /** @var resource */
    private $file;

    public function __construct(string $path)
    {
        umask(0077);
        $this->file = fopen($path, 'c+') ?: throw new RuntimeException('no database');
        flock($this->file, LOCK_EX);
        $empty = ['customers' => [], 'verdicts' => [], 'seen' => []];
        $this->data = json_decode(stream_get_contents($this->file) ?: '', true) ?? $empty;
    }

    public function save(): void
    {
        ftruncate($this->file, 0);
        rewind($this->file);
        fwrite($this->file, json_encode($this->data, JSON_THROW_ON_ERROR));
        fflush($this->file);
    }
}

final class RelayFailed extends RuntimeException
{
}

/**
 * Calls the relay with the API key, which never goes to a page. Returns null if the relay does not know the session.
 *
 * @return array<string, mixed>|null
 */
function relay(string $path, ?array $body = null): ?array
{
    global $relayUrl, $apiKey;
    [$status, $text] = request($relayUrl . $path, [
        'method' => $body === null ? 'GET' : 'POST',
        'header' => ["Authorization: Bearer $apiKey", 'Content-Type: application/json'],
        'content' => $body === null ? '' : json_encode($body, JSON_THROW_ON_ERROR),
    ]);
    if ($status === 404) {
        return null;
    }
    if ($status < 200 || $status > 299) {
        throw new RelayFailed("the relay answered $status");
    }
    return json_decode($text, true, 32, JSON_THROW_ON_ERROR);
}

/** @return array{int, string} the status, or 0 without an answer, and the body */
function request(string $url, array $options): array
{
    $options += ['timeout' => 10, 'follow_location' => 0, 'ignore_errors' => true];
    $text = @file_get_contents($url, false, stream_context_create(['http' => $options]), 0, 1 << 20);
    preg_match('/^HTTP\/\S+ (\d{3})/', $http_response_header[0] ?? '', $found);
    return [$text === false ? 0 : (int) ($found[1] ?? 0), (string) $text];
}

function answer(int $status, mixed $body = null): void
{
    http_response_code($status);
    if ($body !== null) {
        header('Content-Type: application/json');
        echo json_encode($body, JSON_THROW_ON_ERROR);
    }
}

/** STUB: your login. Here each browser is another customer, and all have the same national id. */
function customer(Bank $bank): string
{
    $login = $_COOKIE['login'] ?? '';
    if (!is_string($login) || !isset($bank->data['customers'][$login])) {
        $login = bin2hex(random_bytes(16));
        $bank->data['customers'][$login] = [
            'number' => 'customer-' . (count($bank->data['customers']) + 1),
            'nationalId' => env('NATIONAL_ID', '0000000000001'),
        ];
        setcookie('login', $login, ['path' => '/', 'httponly' => true, 'secure' => true, 'samesite' => 'Strict']);
    }
    return $login;
}

/** Returns the session's token to the page. The identifier comes from the login, never from the page. */
function selfieSession(Bank $bank): void
{
    $who = &$bank->data['customers'][customer($bank)];
    $last = isset($who['session']) ? relay("/v1/sessions/{$who['session']}") : null;
    if ($last !== null) {
        ['state' => $state, 'verdict' => $verdict] = $last + ['verdict' => null];
        // Either the verdict is final, or the vendor may have judged already and would bill again. Someone at the bank
        // has to decide.
        if (($verdict['final'] ?? false) || in_array($state, ['verifying', 'unknown'], true)) {
            answer(409, ['error' => "the last check is $state"]);
            return;
        }
        // Try again in the same session, as it counts the tries. A new session would start at zero.
        if ($verdict !== null || strtotime($last['expires_at']) > time()) {
            answer(200, ['token' => $who['token']]);
            return;
        }
    }
    $wanted = ['identifier' => $who['nationalId'], 'type' => '1', 'reference' => $who['number']];
    $created = relay('/v1/sessions', $wanted) ?? throw new RelayFailed('the relay has no sessions');
    $who['session'] = $created['session_id'];
    $who['token'] = $created['session_token'];
    answer(200, ['token' => $who['token']]);
}

/** Returns the request's body, or null if it is too large. */
function body(): ?string
{
    $body = file_get_contents('php://input', false, null, 0, 16_385);
    return $body === false || strlen($body) > 16_384 ? null : $body;
}

/** Receives the relay's webhook. A valid one only says that there is news: the verdict comes from the relay. */
function hook(Bank $bank, WebhookVerifier $webhooks): void
{
    $body = body();
    if ($body === null) {
        answer(413);
        return;
    }
    $id = $_SERVER['HTTP_WEBHOOK_ID'] ?? '';
    $signed = $webhooks->accepts(
        $id,
        $_SERVER['HTTP_WEBHOOK_TIMESTAMP'] ?? '',
        $_SERVER['HTTP_WEBHOOK_SIGNATURE'] ?? '',
        $body,
        time(),
    );
    $session = $signed ? json_decode($body, true)['data']['session_id'] ?? null : null;
    if (!is_string($session) || !preg_match('/^ses_[0-9a-f]{1,64}$/D', $session)) {
        answer(400);
        return;
    }
    // A webhook may arrive more than once. If the relay can't be reached, the 503 makes it send the webhook again.
    if (!isset($bank->data['seen'][$id])) {
        $known = relay("/v1/sessions/$session");
        if ($known !== null) {
            $bank->data['verdicts'][$session] = [
                'state' => $known['state'],
                'outcome' => $known['verdict']['outcome'] ?? null,
                'final' => $known['verdict']['final'] ?? false,
            ];
        }
        $bank->data['seen'][$id] = true;
    }
    answer(204);
}

/** Accepts a proof from the page: the relay's signature makes the verdict true, whoever brings it. */
function proof(Bank $bank, ProofVerifier $proofs): void
{
    $sent = json_decode(body() ?? '', true)['proof'] ?? null;
    $who = $bank->data['customers'][customer($bank)];
    $claims = is_string($sent) ? $proofs->claims($sent, time()) : null;
    // A proof is good only for the person whom the bank asked about: the session must be this customer's.
    if ($claims === null || !isset($who['session']) || $claims['sub'] !== $who['session']) {
        answer(400);
        return;
    }
    // Each proof counts once. STUB: a unique column.
    if (isset($bank->data['seen'][$claims['jti']])) {
        answer(409);
        return;
    }
    $bank->data['seen'][$claims['jti']] = true;
    // An older proof must not replace a final verdict.
    if (!($bank->data['verdicts'][$who['session']]['final'] ?? false)) {
        $told = ['state' => $claims['outcome'], 'outcome' => $claims['outcome'], 'final' => $claims['final']];
        $bank->data['verdicts'][$who['session']] = $told;
    }
    answer(204);
}

/** Sends a file of a folder, or 404. */
function sendFile(string $folder, string $name): void
{
    $types = ['css' => 'text/css', 'html' => 'text/html', 'js' => 'text/javascript', 'json' => 'application/json'];
    $types += ['svg' => 'image/svg+xml', 'wasm' => 'application/wasm'];
    $root = realpath($folder);
    $path = realpath("$folder/$name");
    $type = $types[pathinfo($name, PATHINFO_EXTENSION)] ?? null;
    if ($root === false || $path === false || $type === null || !str_starts_with($path, "$root/")) {
        answer(404);
        return;
    }
    header("Content-Type: $type");
    readfile($path);
}

$parts = parse_url($relayUrl);
$origin = "{$parts['scheme']}://{$parts['host']}" . (isset($parts['port']) ? ":{$parts['port']}" : '');
$uploads = env('UPLOADS', 'https://*.amazonaws.com');
header("Content-Security-Policy: default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; img-src 'self' blob:; "
    . "media-src 'self' blob:; connect-src 'self' $origin $uploads; base-uri 'none'; form-action 'self'; "
    . "frame-ancestors 'none'");
header('Cache-Control: no-store');
header('Permissions-Policy: camera=(self)');
header('Referrer-Policy: no-referrer');
header('X-Content-Type-Options: nosniff');
header_remove('X-Powered-By');

$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH) ?: '/';
if (preg_match('/^\/(page|akiba-selfie)\/(.+)$/', $path, $found)) {
    sendFile($found[1] === 'page' ? __DIR__ . '/../page' : env('WIDGET', __DIR__ . '/../../../build/package'), rawurldecode($found[2]));
    return true;
}
$bank = new Bank(env('BANK_FILE', sys_get_temp_dir() . '/akiba-selfie-bank.json'));
try {
    switch ("{$_SERVER['REQUEST_METHOD']} $path") {
        case 'GET /':
            customer($bank);
            header('Content-Type: text/html; charset=utf-8');
            echo str_replace('{{relay}}', $relayUrl, (string) file_get_contents(__DIR__ . '/../page/index.html'));
            break;
        case 'POST /selfie-session':
            selfieSession($bank);
            break;
        case 'POST /hooks/akiba':
            hook($bank, new WebhookVerifier($webhookSecret));
            break;
        case 'POST /selfie-proof':
            $keys = function () use ($relayUrl): array {
                [$status, $text] = request("$relayUrl/.well-known/jwks.json", []);
                return $status === 200 ? json_decode($text, true) ?? [] : throw new RelayFailed('the relay has no keys');
            };
            proof($bank, new ProofVerifier($keys, env('PROOF_ISSUER', 'akiba-relay'), env('AKIBA_KEY_NAME', 'bank')));
            break;
        case 'GET /verdict':
            // Base a decision about money on this, on the server, and never on what the page says. After a rejection that
            // is not final, the customer can still be verified.
            $session = $bank->data['customers'][customer($bank)]['session'] ?? '';
            answer(200, $bank->data['verdicts'][$session] ?? ['state' => 'open', 'outcome' => null]);
            break;
        default:
            answer(404);
    }
} catch (RelayFailed $failed) {
    error_log('the relay: ' . $failed->getMessage());
    answer(503, ['error' => 'try again later']);
}
$bank->save();
return true;
