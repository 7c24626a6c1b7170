module example.com/akiba-selfie-backend

go 1.19
