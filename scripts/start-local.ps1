# Runs scripts/start-local inside WSL; it takes the same words.
if (-not (Get-Command wsl.exe -ErrorAction SilentlyContinue)) {
    Write-Error "WSL is needed: run 'wsl --install' as administrator, restart, and try again."
    exit 1
}
$checkout = (wsl.exe wslpath -a "$(Split-Path -Parent $PSScriptRoot)").Trim()
wsl.exe --cd "$checkout" -- bash scripts/start-local @args
exit $LASTEXITCODE
